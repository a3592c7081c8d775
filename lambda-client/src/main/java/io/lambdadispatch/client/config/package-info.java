/** The settings of the client, read from the environment once; what is unusable is told all at once. */
package io.lambdadispatch.client.config;
