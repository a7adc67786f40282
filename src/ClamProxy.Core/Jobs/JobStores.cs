using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Jobs;

/// <summary>Where jobs are kept: who waits, what came of them, and their contents.</summary>
/// <param name="Queue">Jobs that wait.</param>
/// <param name="Results">What is known of each.</param>
/// <param name="Objects">Their contents.</param>
internal sealed record JobStores(IJobQueue Queue, IResultStore Results, IObjectStore Objects);
