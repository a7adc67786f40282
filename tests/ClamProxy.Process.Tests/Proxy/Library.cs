using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>An upstream with clean and infected files of several sizes, and what a client has to get for each.</summary>
internal sealed class Library : IAsyncDisposable
{
    private static readonly int[] Sizes = [0, 1, 5_000, 262_144, 262_145, 1_500_000];

    private readonly Dictionary<string, byte[]> _clean = [];
    private readonly List<string> _infected = [];

    private Library(FakeOrigin origin)
    {
        Origin = origin;
        foreach (var size in Sizes)
        {
            _clean[$"/clean-{size}"] = RandomBody.Of(size);
            origin.On($"/clean-{size}", _clean[$"/clean-{size}"]);

            var infected = RandomBody.Of(size + 68);
            Eicar.Bytes.CopyTo(infected, size / 2);
            _infected.Add($"/infected-{size}");
            origin.On($"/infected-{size}", infected);
        }
    }

    public FakeOrigin Origin { get; }

    public IEnumerable<string> Paths => [.. _clean.Keys, .. _infected];

    public static async Task<Library> OpenAsync() => new(await FakeOrigin.StartAsync());

    /// <summary>What is wrong with an answer; null when it is the right bytes, or the refusal, that this path has to get.</summary>
    public string? Wrong(string path, int status, byte[] body) => _clean.TryGetValue(path, out var expected)
        ? status == 200
            && body.AsSpan().SequenceEqual(expected)
                ? null
                : $"{path}: {status} with {body.Length} bytes instead of 200 with {expected.Length}"
        : status == 409 ? null : $"{path}: {status} with {body.Length} bytes instead of 409";

    /// <summary>That not one byte of an infected file and no wrong byte came, whatever else was answered.</summary>
    public string? Unsafe(string path, int status, byte[] body) =>
        status == 200
            ? Wrong(path, status, body)
            : body.AsSpan().IndexOf(Eicar.Bytes) >= 0
            ? $"{path}: {status} with the infection in its body"
            : null;

    public ValueTask DisposeAsync() => Origin.DisposeAsync();
}
