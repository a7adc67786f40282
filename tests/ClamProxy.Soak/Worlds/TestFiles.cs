namespace ClamProxy.Soak.Worlds;

/// <summary>Files that nobody asked for yet, each another one.</summary>
internal sealed class TestFiles
{
    private long _last;

    public TestFile Next(bool isInfected, int size) => new(isInfected, size, (ulong)Interlocked.Increment(ref _last));
}
