/** Sample programs: what can be done with the client library. {@code client/sample} runs them. */
package troupe.client.sample;
