/** Requests to this server. */

/** Why there is no PNG, in words for the reader. */
export class Refusal extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   * @param {number} [status] of the answer, where there was one
   */
  constructor(title, detail, status) {
    super(title);
    this.detail = detail;
    this.status = status;
  }
}

/**
 * Sends a JPEG, and gives its PNG.
 * @param {Blob} jpeg
 * @param {{signal?: AbortSignal, mark?: string}} options `mark` tells one request from another in
 *   what the browser measures
 * @returns {Promise<Blob>}
 * @throws {Refusal} when the server says no, or says nothing
 */
export async function convert(jpeg, { signal, mark = '' } = {}) {
  try {
    const response = await fetch(`/convert${mark}`, { method: 'POST', body: jpeg, signal });
    if (response.ok) return await response.blob();
    throw await refusal(response);
  } catch (error) {
    if (error instanceof Refusal || signal?.aborted) throw error;
    throw new Refusal('The server does not answer', 'If it has stopped, start it and try again.');
  }
}

/**
 * What a problem document says.
 * @param {Response} response
 * @returns {Promise<Refusal>}
 */
export async function refusal(response) {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  const problem = isProblem ? await response.json() : {};
  return new Refusal(
    problem.title ?? 'The server refused the picture',
    problem.detail ?? response.statusText,
    response.status,
  );
}
