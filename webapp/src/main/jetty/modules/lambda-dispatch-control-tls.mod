[description]
The port on which Lambda Dispatch's instances call back, with TLS. Needs a key store, etc/lambda-dispatch.p12 if nothing else
is set, and its password; instances are told the fingerprint of the certificate in it, so that any certificate will do.

[tags]
lambda-dispatch
connector

[provides]
lambda-dispatch-control|default

[depend]
http2c
alpn-impl

[lib]
lib/jetty-alpn-server-${jetty.version}.jar

[xml]
etc/lambda-dispatch-control-tls.xml
