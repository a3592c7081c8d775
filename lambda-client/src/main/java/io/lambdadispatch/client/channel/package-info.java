/**
 * What happens in a channel: requests on their way to the app and responses on their way back, through {@code Channel} and {@code
 * ChannelExchange}. Confined to the I/O thread.
 */
package io.lambdadispatch.client.channel;
