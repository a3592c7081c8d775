[description]
Lambda Dispatch: a router that lets one AWS Lambda environment serve many requests at once.
Deploys it as the root application, gives instances a port to call back on, and sets heads,
windows and time-outs of the users' connectors (modules "http", "https", "http2") as it needs them.

[tags]
lambda-dispatch
proxy

[depend]
http
http2c
ee10-deploy
lambda-dispatch-control

[files]
basehome:modules/lambda-dispatch/lambda-dispatch.xml|webapps/lambda-dispatch.xml
basehome:modules/lambda-dispatch/override-web.xml|etc/lambda-dispatch-web.xml

[xml]
etc/lambda-dispatch.xml

[ini]
jetty.http.acceptQueueSize?=1024
jetty.http.idleTimeout?=960000
jetty.ssl.acceptQueueSize?=1024
jetty.ssl.idleTimeout?=960000
jetty.ssl.sniHostCheck?=false
jetty.http2c.maxConcurrentStreams?=1000
jetty.http2c.initialStreamRecvWindow?=1048576
jetty.http2c.initialSessionRecvWindow?=134217728
jetty.http2c.rateControl.maxEventsPerSecond?=100000
jetty.http2.maxConcurrentStreams?=1000
jetty.http2.initialStreamRecvWindow?=1048576
jetty.http2.initialSessionRecvWindow?=134217728
jetty.http2.rateControl.maxEventsPerSecond?=100000
jetty.httpConfig.sendServerVersion?=false
jetty.httpConfig.requestHeaderSize?=32768
jetty.httpConfig.responseHeaderSize?=33792
jetty.httpConfig.maxResponseHeaderSize?=33792
jetty.httpConfig.headerCacheSize?=0
jetty.httpConfig.uriCompliance?=UNSAFE

[ini-template]
## The settings of the router that matter here; docs/configuration.md explains each. Users' ports are those of the
## modules "http" and "https". Environment variables LAMBDA_DISPATCH_... go before what is written here, for the
## router; but Jetty opens its ports by what is written here.

## The Lambda function whose instances serve the requests. Required. Allowed: name, name:qualifier, account-id:function:name or arn:aws:lambda:region:account-id:function:name[:qualifier].
# lambda.dispatch.FunctionName=

## Endpoint of the Lambda API; has no LAMBDA_DISPATCH_ prefix. Default: AWS's endpoint of the region. Allowed: a URL that begins with http:// or https://.
# AWS_LAMBDA_SERVICE_URL=

## Requests that one instance runs at once. Default: 10. Allowed: 1 to 100.
# lambda.dispatch.MaxConcurrentCount=10

## Channels that one instance opens; at least MaxConcurrentCount. Default: MaxConcurrentCount and a fifth more. Allowed: 1 to 100.
# lambda.dispatch.ChannelCount=

## Head room: instances are planned to run MaxConcurrentCount divided by this. Default: 2. Allowed: 1 to 10.
# lambda.dispatch.InstanceCountMultiplier=2

## How the number of instances is chosen. Default: simple. Allowed: simple, ewma or adaptive.
# lambda.dispatch.ScalingAlgorithm=simple

## How long fewer instances must do before one is told to leave. Default: 300ms; with adaptive 5s. Allowed: 0s to 1h, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.ScaleDownDelay=

## Instances that are kept though nobody needs them. Default: 0. Allowed: 0 to 10000.
# lambda.dispatch.MinInstances=0

## Instances that there are at most, without those that leave. Default: 1000. Allowed: 1 to 10000.
# lambda.dispatch.MaxInstances=1000

## How long an invoked instance may take to open its first channel. Default: 00:00:30. Allowed: 100ms to 15m, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.InstanceStartTimeout=00:00:30

## How long nothing may come from an instance before it is taken for lost; 0s: for ever. Default: 00:00:10. Allowed: 0s, or 6s to 15m, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.ChannelKeepAlive=00:00:10

## Other functions that a request may ask for by X-Lambda-Name. Default: none but FunctionName. Allowed: a regular expression of Java.
# lambda.dispatch.AllowedLambdaNames=

## Header field that must come with X-Lambda-Name, or the request is refused. Default: none. Allowed: Header-Name: value.
# lambda.dispatch.PoolHeaderSecret=

## Functions beside FunctionName that are served at once. Default: 100. Allowed: 0 to 10000.
# lambda.dispatch.MaxPools=100

## After which the pool of such a function is forgotten when nobody uses it. Default: 00:10:00. Allowed: 10s to 24h, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.PoolIdleTimeout=00:10:00

## How long a request waits for an instance before it is answered 504. Default: 00:02:00. Allowed: 1ms to 24h, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.IncomingRequestTimeout=00:02:00

## Requests that wait for an instance at once; one more is answered 503. Default: 10000. Allowed: 1 to 1000000.
# lambda.dispatch.MaxQueuedRequests=10000

## Whether a request whose instance died goes to another one when that is safe. Default: true. Allowed: true or false.
# lambda.dispatch.RetrySafeRequests=true

## How long a user may neither send their request's body nor take the response. Default: 00:02:00. Allowed: 1s to 24h, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.RelayIdleTimeout=00:02:00

## Largest head of a request or response, in bytes. Default: 32768. Allowed: 1024 to 1048576.
# lambda.dispatch.MaxHeadBytes=32768

## Local address that all ports but AdminPort listen on. Default: 0.0.0.0. Allowed: a host name or IP address, without scheme and port.
# lambda.dispatch.BindAddress=0.0.0.0

## Instances' port for h2c; open only with AllowInsecureControlChannel. Default: 5003. Allowed: 0 to 65535 (0: any free port), or off.
# lambda.dispatch.ControlChannelInsecureHTTP2Port=5003

## Instances' port for TLS. Default: 5004. Allowed: 0 to 65535 (0: any free port), or off.
# lambda.dispatch.ControlChannelHTTP2Port=5004

## Whether instances may call back without TLS. Default: false. Allowed: true or false.
# lambda.dispatch.AllowInsecureControlChannel=false

## How instances are told to call back. Default: https. Allowed: http or https.
# lambda.dispatch.PreferredControlChannelScheme=https

## Whether an instance must send back the secret of its invoke. Default: true. Allowed: true or false.
# lambda.dispatch.RequireChannelToken=true

## Host under which instances reach this router. Default: found at start. Allowed: a host name or IP address, without scheme and port.
# lambda.dispatch.RouterCallbackHost=

## Environment variable that holds this router's address. Default: K8S_POD_IP. Allowed: the name of an environment variable.
# lambda.dispatch.EnvVarForCallbackIp=K8S_POD_IP

## PKCS #12 file with the router's private key and certificate. Default: a self-signed certificate, made at start. Allowed: the path of a readable file.
# lambda.dispatch.TlsKeyStorePath=

## Password of that file; required with it. Default: none. Allowed: any text.
# lambda.dispatch.TlsKeyStorePassword=

## How long new users are still served after a stop was asked for. Default: 00:00:00. Allowed: 0s to 15m, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.DrainDelay=00:00:00

## How long requests in flight may take to finish at a stop. Default: 00:00:30. Allowed: 0s to 15m, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.ShutdownTimeout=00:00:30

## Operators' port: figures, health, state; without TLS. Default: off. Allowed: 0 to 65535 (0: any free port), or off.
# lambda.dispatch.AdminPort=off

## Local address that AdminPort listens on. Default: 127.0.0.1. Allowed: a host name or IP address, without scheme and port.
# lambda.dispatch.AdminBindAddress=127.0.0.1

## Whether figures are written to the standard output in CloudWatch's embedded metric format. Default: false. Allowed: true or false.
# lambda.dispatch.CloudWatchMetricsEnabled=false

## Whether figures are logged periodically, a line for each pool. Default: false. Allowed: true or false.
# lambda.dispatch.LogPeriodicMetrics=false

## How often both of them are written. Default: 00:01:00. Allowed: 1s to 1h, as hh:mm:ss, 2m, 30s, 250ms or PT30S.
# lambda.dispatch.MetricsPeriod=00:01:00

## Memory of the function in MB, to estimate what its instances cost. Default: not known: no costs are estimated. Allowed: 128 to 10240.
# lambda.dispatch.FunctionMemoryMB=

## What a GB of memory costs for a second, in US dollars. Default: 0.0000166667. Allowed: 0 to 1000, such as 0.0000166667.
# lambda.dispatch.PricePerGBSecond=0.0000166667

## What a million invokes cost, in US dollars. Default: 0.20. Allowed: 0 to 1000, such as 0.0000166667.
# lambda.dispatch.PricePerMillionInvokes=0.20

## Whether and how a line is written for each request. Default: off. Allowed: off, combined or json.
# lambda.dispatch.AccessLogFormat=off

## The file that these lines are appended to. Default: the standard output. Allowed: the path of a file in a directory that exists.
# lambda.dispatch.AccessLogPath=

## Which field with a new trace id a request is given that has none. Default: amzn. Allowed: amzn, w3c or off.
# lambda.dispatch.TraceHeader=amzn

## Whether X-Lambda-Dispatch-Debug: true has each step of a request logged. Default: false. Allowed: true or false.
# lambda.dispatch.AllowDebugHeader=false
