using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Objects;

/// <summary>
/// Where the contents of jobs lie between their arrival and their end, by key: a folder, a bucket. What it holds is untrusted.
/// </summary>
internal interface IObjectStore
{
    /// <summary>What results call it, such as a bucket's name.</summary>
    string Name { get; }

    /// <summary>Why nothing can be kept at the moment, in words; null: nothing is known against it.</summary>
    string? Problem { get; }

    /// <summary>
    /// Puts a content under a key, in place of what that key had. When this returns, it outlasts the process and the machine's power.
    /// </summary>
    /// <param name="key">See <see cref="ObjectKey"/>.</param>
    /// <param name="content">Stays the caller's.</param>
    /// <returns>Why it is not kept: no space, or the store cannot be reached; null: it is.</returns>
    Task<Failure?> PutAsync(string key, IContentReader content, CancellationToken cancellationToken);

    /// <summary>Brings a content here, whole, to be scanned.</summary>
    /// <param name="clients">In whose share of the spool it counts, where it has to be spooled.</param>
    Task<ObjectContent> GetAsync(string key, WaitingClients clients, CancellationToken cancellationToken);

    /// <summary>Opens a content to deliver it: its hash is that of each byte which its readers are given.</summary>
    /// <param name="clients">In whose share of the spool it counts, where it has to be spooled.</param>
    Task<ObjectContent> OpenAsync(string key, WaitingClients clients, CancellationToken cancellationToken);

    /// <summary>Gives a content another key, in place of what that key had. What is not there any more has been moved before.</summary>
    /// <param name="sha256">The content's hash: a store that others write to moves no other content; null: any.</param>
    /// <returns>Why not; null: it has that key, or there was nothing.</returns>
    Task<Failure?> MoveAsync(string key, string newKey, string? sha256, CancellationToken cancellationToken);

    /// <returns>Why it is still there; null: it is gone, or never was.</returns>
    Task<Failure?> DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>All contents, in no order, as they are found.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    IAsyncEnumerable<ObjectEntry> ListAsync(CancellationToken cancellationToken);
}
