/** What daemons and their clients say to each other. */
package troupe.client.protocol;
