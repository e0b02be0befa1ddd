/** The script language that drives a guest line by line. */
package troupe.cli.script;
