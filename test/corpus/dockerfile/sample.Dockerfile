# syntax=docker/dockerfile:1
# escape=\
ARG VERSION=12
FROM debian:${VERSION:-12}-slim AS base
# tools of the shop
RUN apt-get update && apt-get install -y --no-install-recommends python3 \
    # web
    python3-flask && rm -rf /var/lib/apt/lists/*
RUN groupadd -r app && useradd -r -g app -u 990 app
ENV A=1 B="two $A" C='$B' \
    D=${A:+x}${Z:-y}
FROM base AS final
ARG BUILD
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /app
COPY --chown=app:app --chmod=755 . .
COPY *.conf [a-c]?.txt /etc/
ADD ["one", "two words", "/x/"]
RUN <<EOF
set -e
echo ${BUILD} > /app/build
EOF
RUN <<-"TWO" cat > /x; echo
	hello
	TWO
USER app:app
EXPOSE 8000 53/udp 7000-7010
HEALTHCHECK --interval=5s --retries=3 CMD curl -f http://localhost:8000/ || exit 1
STOPSIGNAL SIGTERM
LABEL a.b="c d" e=f
ENTRYPOINT ["python3"]
CMD ["main.py"]
