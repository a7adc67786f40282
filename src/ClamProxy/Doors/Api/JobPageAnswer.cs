using ClamProxy.Core.Jobs;

namespace ClamProxy.Doors.Api;

/// <summary>A page of results.</summary>
/// <param name="Results">The newest first.</param>
/// <param name="Next">The cursor of the next page; null: this is the last one.</param>
internal sealed record JobPageAnswer(IReadOnlyList<JobAnswer> Results, string? Next);
