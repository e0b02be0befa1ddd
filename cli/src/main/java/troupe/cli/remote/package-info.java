/** Commands that talk to a daemon. */
package troupe.cli.remote;
