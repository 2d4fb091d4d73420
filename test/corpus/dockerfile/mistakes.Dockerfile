RUN true
FROM
FROM debian AS
FROM debian extra AS x
RUNN true
COPY
ENV lonely
LABEL x
ARG 1x
FRBO x
SHELL /bin/sh
