namespace ClamProxy.Soak.Hostile.Clients;

/// <summary>A real client and how it is told to download one file.</summary>
/// <param name="Name">Such as <c>curl-C</c>.</param>
internal sealed record DownloadClient(string Name, Func<DownloadJob, CancellationToken, Task<Download>> DownloadAsync);
