using System.Collections.Concurrent;
using System.Globalization;
using ClamProxy.Soak.Hostile.Parts;

namespace ClamProxy.Soak.Compose;

/// <summary>
/// The files of the composing upstream, each with its clean variants. A file's number says all of it; old ones are forgotten.
/// </summary>
internal sealed class ComposedFiles(int seed)
{
    private const int Variants = 3;
    private const int MostKept = 24;
    private static readonly int[] Sizes = [70_000, 300_000, 1_200_000, 2_500_000];

    private readonly ConcurrentDictionary<int, Lazy<byte[][]>> _kept = [];
    private readonly ConcurrentQueue<int> _order = [];

    public VariantWheel Wheel(int number) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"composed{number}"),
            Sizes[new Random(seed + number).Next(Sizes.Length)],
            seed + number);

    /// <summary>The number of the file that a path names; null: it names none.</summary>
    public static int? NumberOf(string path)
    {
        var name = path.TrimEnd('/').Split('/')[^1].Split('-')[0];
        return name.StartsWith("composed", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan("composed".Length), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    public IReadOnlyList<byte[]> CleanOf(int number)
    {
        var made = _kept.GetOrAdd(number, key =>
        {
            _order.Enqueue(key);
            return new Lazy<byte[][]>(() => [.. Enumerable.Range(0, Variants).Select(variant => Wheel(key).Clean(variant))]);
        });
        while (_order.Count > MostKept && _order.TryDequeue(out var old))
        {
            _kept.TryRemove(old, out _);
        }

        return made.Value;
    }
}
