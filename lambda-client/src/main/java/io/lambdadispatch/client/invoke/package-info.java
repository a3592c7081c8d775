/** One invoke from its begin to its reply: {@code InvokeLife} decides, {@code Invoke} acts. */
package io.lambdadispatch.client.invoke;
