/** How another JVM program uses a Troupe daemon. */
package troupe.client;
