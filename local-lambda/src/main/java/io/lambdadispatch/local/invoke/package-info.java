/** What callers use: the Invoke API and function URLs. */
package io.lambdadispatch.local.invoke;
