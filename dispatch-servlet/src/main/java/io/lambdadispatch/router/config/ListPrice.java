package io.lambdadispatch.router.config;

/**
 * AWS's list price of Lambda, which stands in where no other is set: region US East (N. Virginia), x86_64, the tier of the first
 * 6 billion GB-seconds a month, without free tier, discounts and taxes. In US dollars.
 *
 * @param perGigabyteSecond of duration
 * @param perMillionInvokes of requests
 * @param asOf year in which it was looked up
 * @param source where
 */
record ListPrice(String perGigabyteSecond, String perMillionInvokes, String asOf, String source) {
    static final ListPrice OF_AWS =
            new ListPrice("0.0000166667", "0.20", "2024", "https://aws.amazon.com/lambda/pricing/");
}
