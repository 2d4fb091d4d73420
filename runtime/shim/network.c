/*
 * The pod's link: a veth whose peer is born inside the pod's namespace, routed and not bridged.
 *
 * Pod: address /32, default route over the gateway on eth0 (onlink), a permanent neighbour for the gateway. Host: a
 * /32 route out of the link with the gateway as source, a permanent neighbour for the pod. No ARP, no sysctl.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shim.h"

struct message {
  _Alignas(4) char bytes[1024];
  size_t length;
};

static struct nlmsghdr *header_of(struct message *m)
{
  return (struct nlmsghdr *)(void *)m->bytes;
}

static void message_begin(struct message *m, uint16_t type, uint16_t flags, const void *body, size_t length)
{
  memset(m, 0, sizeof *m);
  header_of(m)->nlmsg_type = type;
  header_of(m)->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
  memcpy(m->bytes + NLMSG_HDRLEN, body, length);
  m->length = NLMSG_HDRLEN + NLMSG_ALIGN(length);
}

static void attribute(struct message *m, uint16_t type, const void *bytes, size_t length)
{
  struct rtattr *at = (struct rtattr *)(void *)(m->bytes + m->length);

  at->rta_type = type;
  at->rta_len = (uint16_t)RTA_LENGTH(length);
  if (length > 0)
    memcpy(RTA_DATA(at), bytes, length);
  m->length += RTA_SPACE(length);
}

static size_t nest_begin(struct message *m, uint16_t type)
{
  size_t start = m->length;

  attribute(m, type, NULL, 0);
  return start;
}

static void nest_end(struct message *m, size_t start)
{
  ((struct rtattr *)(void *)(m->bytes + start))->rta_len = (uint16_t)(m->length - start);
}

/* The kernel answers before send returns, so one receive is enough. */
static int message_send(int socket, struct message *m)
{
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  _Alignas(4) char answer[2048];
  struct nlmsghdr *header = (struct nlmsghdr *)(void *)answer;
  int error;

  header_of(m)->nlmsg_len = (uint32_t)m->length;
  if (sendto(socket, m->bytes, m->length, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0)
    return -1;
  if (recv(socket, answer, sizeof answer, 0) < (ssize_t)NLMSG_LENGTH(sizeof error) ||
      header->nlmsg_type != NLMSG_ERROR) {
    errno = EPROTO;
    return -1;
  }
  memcpy(&error, NLMSG_DATA(header), sizeof error);
  errno = -error;
  return error == 0 ? 0 : -1;
}

static int route_socket(void)
{
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  int one = 1;

  if (fd >= 0) /* without it an error answer repeats the request */
    (void)setsockopt(fd, 270 /* SOL_NETLINK */, NETLINK_CAP_ACK, &one, sizeof one);
  return fd;
}

int network_host_socket(void)
{
  return route_socket();
}

/* The index in the namespace the socket belongs to, whichever the caller is in. */
static int link_index(int socket, const char *name)
{
  struct ifreq request;

  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, name, strlen(name));
  return ioctl(socket, SIOCGIFINDEX, &request) < 0 ? -1 : request.ifr_ifindex;
}

static int link_up(int socket, int index)
{
  struct message m;
  struct ifinfomsg link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};

  message_begin(&m, RTM_NEWLINK, 0, &link, sizeof link);
  return message_send(socket, &m);
}

int network_loopback(void)
{
  OWNED_FD pod = route_socket();

  return pod < 0 ? -1 : link_up(pod, 1); /* lo is the first link of every namespace */
}

static int veth_make(int host, const struct network *network)
{
  OWNED_FD namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  struct ifinfomsg up = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP}, peer = {0};
  struct message m;
  size_t info, data, end;

  if (namespace < 0)
    return -1;
  message_begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &up, sizeof up);
  attribute(&m, IFLA_IFNAME, network->link, strlen(network->link) + 1);
  attribute(&m, IFLA_ADDRESS, network->host_mac, sizeof network->host_mac);
  info = nest_begin(&m, IFLA_LINKINFO);
  attribute(&m, IFLA_INFO_KIND, "veth", 4);
  data = nest_begin(&m, IFLA_INFO_DATA);
  end = nest_begin(&m, VETH_INFO_PEER);
  memcpy(m.bytes + m.length, &peer, sizeof peer);
  m.length += NLMSG_ALIGN(sizeof peer);
  attribute(&m, IFLA_IFNAME, "eth0", 5);
  attribute(&m, IFLA_ADDRESS, network->pod_mac, sizeof network->pod_mac);
  attribute(&m, IFLA_NET_NS_FD, &namespace, sizeof namespace);
  nest_end(&m, end);
  nest_end(&m, data);
  nest_end(&m, info);
  return message_send(host, &m);
}

static int neighbour_add(int socket, int index, uint32_t address, const uint8_t mac[6])
{
  struct ndmsg neighbour = {.ndm_family = AF_INET, .ndm_ifindex = index, .ndm_state = NUD_PERMANENT};
  struct message m;

  message_begin(&m, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &neighbour, sizeof neighbour);
  attribute(&m, NDA_DST, &address, sizeof address);
  attribute(&m, NDA_LLADDR, mac, 6);
  return message_send(socket, &m);
}

static int pod_side(int pod, const struct network *network)
{
  struct ifaddrmsg address = {.ifa_family = AF_INET, .ifa_prefixlen = 32};
  struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT,
                        .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST, .rtm_flags = RTNH_F_ONLINK};
  struct message m;
  int index = link_index(pod, "eth0");

  if (index < 0 || link_up(pod, 1) < 0 || link_up(pod, index) < 0)
    return -1;
  address.ifa_index = (uint32_t)index;
  message_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &address, sizeof address);
  attribute(&m, IFA_LOCAL, &network->address, 4);
  attribute(&m, IFA_ADDRESS, &network->address, 4);
  if (message_send(pod, &m) < 0 || neighbour_add(pod, index, network->gateway, network->host_mac) < 0)
    return -1;
  message_begin(&m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &route, sizeof route);
  attribute(&m, RTA_GATEWAY, &network->gateway, 4);
  attribute(&m, RTA_OIF, &index, sizeof index);
  return message_send(pod, &m);
}

static int host_side(int host, const struct network *network)
{
  struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN,
                        .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST};
  struct message m;
  int index = link_index(host, network->link);

  if (index < 0)
    return -1;
  message_begin(&m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &route, sizeof route);
  attribute(&m, RTA_DST, &network->address, 4);
  attribute(&m, RTA_OIF, &index, sizeof index);
  attribute(&m, RTA_PREFSRC, &network->gateway, 4);
  if (message_send(host, &m) < 0)
    return -1;
  return neighbour_add(host, index, network->address, network->pod_mac);
}

int network_build(int host, const struct network *network, const char **step)
{
  OWNED_FD pod = route_socket();

  *step = "open a netlink socket in the pod";
  if (pod < 0)
    return -1;
  *step = "create the pod's link";
  if (veth_make(host, network) < 0)
    return -1;
  *step = "configure the pod's end of its link";
  if (pod_side(pod, network) < 0)
    return -1;
  *step = "route to the pod (is the gateway address on lo?)";
  return host_side(host, network);
}
