# The password goes from the environment to a file that only this user reads: a command line would show it.
umask 077
printf 'requirepass %s\n' "$REDIS_PASSWORD" > /data/redis.conf
exec redis-server /data/redis.conf --bind 0.0.0.0 --dir /data --save ""
