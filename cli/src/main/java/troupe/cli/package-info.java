/** The command line: one-shot runs, the daemon, the demonstration. */
package troupe.cli;
