[description]
A connector on which instances call back, h2c.

[depend]
http2c

[xml]
etc/control-channel.xml
