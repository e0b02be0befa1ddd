/** What a VM and a host are configured to be, and the HOCON files that say so. */
package troupe.engine.configuration;
