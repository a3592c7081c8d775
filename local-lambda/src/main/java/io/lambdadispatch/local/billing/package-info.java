/** What AWS would have counted and billed, and how it is told. */
package io.lambdadispatch.local.billing;
