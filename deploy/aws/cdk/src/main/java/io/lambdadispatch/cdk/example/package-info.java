/** A whole app to begin with. */
package io.lambdadispatch.cdk.example;
