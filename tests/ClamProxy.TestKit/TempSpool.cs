using ClamProxy.Core.Spool;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.TestKit;

/// <summary>A spool in a folder of its own.</summary>
public sealed class TempSpool : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly TestMeters _meters = new();

    public TempSpool(long memoryThreshold = 1024, long memoryTotal = 1 << 20, long maxFileSize = int.MaxValue, long diskTotal = 1 << 30)
    {
        Options = new SpoolOptions
        {
            Path = _temp.Path,
            MemoryThreshold = memoryThreshold,
            MemoryTotal = memoryTotal,
            MaxFileSize = maxFileSize,
            DiskTotal = diskTotal,
        };
        Folder = new SpoolFolder(Options, new SpoolMetrics(_meters), NullLogger<SpoolFolder>.Instance);
    }

    public SpoolOptions Options { get; }

    public SpoolFolder Folder { get; }

    public string Path => _temp.Path;

    public void Dispose()
    {
        _meters.Dispose();
        _temp.Dispose();
    }
}
