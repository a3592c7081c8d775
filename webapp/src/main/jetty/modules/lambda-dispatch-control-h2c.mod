[description]
The port on which Lambda Dispatch's instances call back, without TLS, in the place of lambda-dispatch-control-tls: only where
nobody can listen in.

[tags]
lambda-dispatch
connector

[provides]
lambda-dispatch-control

[depend]
http2c

[xml]
etc/lambda-dispatch-control-h2c.xml

[ini]
lambda.dispatch.AllowInsecureControlChannel?=true
lambda.dispatch.PreferredControlChannelScheme?=http
lambda.dispatch.ControlChannelHTTP2Port?=off
