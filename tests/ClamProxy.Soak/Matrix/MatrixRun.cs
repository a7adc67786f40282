using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>Runs cells and collects what they brought.</summary>
internal sealed class MatrixRun
{
    /// <summary>
    /// Bytes of a file: over MemoryThreshold of <see cref="WorldSettings.Quick"/>, so on disk, and several pieces of a relay long.
    /// </summary>
    public const int OnDisk = 150_000;

    /// <summary>Bytes of a file that stays in memory, and is still long enough to be trickled.</summary>
    public const int InMemory = 30_000;

    private readonly List<RoundResult> _results = [];
    private readonly List<(Component Component, FaultKind Kind, string Why)> _notRun = [];
    private readonly Action<string> _print;

    public MatrixRun(Action<string> print) => _print = print;

    public IReadOnlyList<RoundResult> Results => _results;

    public IReadOnlyList<(Component Component, FaultKind Kind, string Why)> NotRun => _notRun;

    /// <summary>How many descriptors the processes have more at the end than after the first round.</summary>
    public int DescriptorsLeft { get; private set; }

    /// <summary>One world's worth of rounds.</summary>
    /// <param name="choose">Which faults, of all that can be.</param>
    /// <param name="flip">Whether each fault begins at its other moment: before the requests instead of in their middle, or the other way
    /// round.</param>
    public async Task RunAsync(World world, int size, Func<Component, FaultKind, bool> choose, bool flip = false)
    {
        // Warms everything up; what it brings does not count.
        await new Round(world, Component.Client, FaultKind.Slow, ClientFaults.Of(FaultKind.Slow), size).RunAsync();
        var descriptors = Descriptors(world);
        foreach (var component in Enum.GetValues<Component>())
        {
            foreach (var kind in Enum.GetValues<FaultKind>().Where(kind => choose(component, kind)))
            {
                var fault = Faults.Of(component, kind, world);
                if (fault.WhyNot is { } why)
                {
                    _notRun.Add((component, kind, why));
                    continue;
                }

                await RunAsync(
                    new Round(world, component, kind, fault with { IsMidway = fault.IsMidway != (flip && fault.CanFlip) }, size));
            }
        }

        DescriptorsLeft = Math.Max(DescriptorsLeft, Descriptors(world) - descriptors);
    }

    private static int Descriptors(World world) => world.Proxies.Sum(proxy => proxy.Process.Descriptors);

    private async Task RunAsync(Round round)
    {
        var result = await round.RunAsync();
        _results.Add(result);
        _print($"{result.Component} {result.Kind}: {(result.Problems.Count == 0 ? "good" : "FAILED")}");
        foreach (var (mode, text) in result.Problems)
        {
            _print($"  {mode} {text}");
        }
    }
}
