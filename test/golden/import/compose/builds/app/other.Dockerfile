FROM scratch AS one
COPY app /app
EXPOSE 99/udp
FROM one AS two
CMD ["/app"]
