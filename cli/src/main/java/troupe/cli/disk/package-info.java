/** {@code troupe disk}: virtual hard disks as files. */
package troupe.cli.disk;
