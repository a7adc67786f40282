using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Jobs;

/// <summary>Where jobs are kept: who waits, what came of them, their contents, and who is to be told.</summary>
/// <param name="Queue">Jobs that wait.</param>
/// <param name="Results">What is known of each.</param>
/// <param name="Objects">Their contents.</param>
/// <param name="Callbacks">Who is to be told of their ends.</param>
internal sealed record JobStores(IJobQueue Queue, IResultStore Results, IObjectStore Objects, ICallbackStore Callbacks);
