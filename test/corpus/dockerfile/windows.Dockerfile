# escape=`
FROM scratch
RUN a `
  b
ENV X=C:\d Y=a`"b
VOLUME ["/a"] 
ONBUILD RUN x
MAINTAINER me
