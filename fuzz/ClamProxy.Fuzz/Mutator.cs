using System.Text;

namespace ClamProxy.Fuzz;

/// <summary>Changes inputs a little. No two readers of the same seed see other changes.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<string> words)
{
    private const int MostBytes = 1024;
    private const int MostChanges = 6;

    // The same sequence on every runtime: System.Random with a seed is specified to be stable.
    private readonly Random _random = new(seed);
    private readonly byte[][] _words = [.. words.Select(Encoding.Latin1.GetBytes)];

    public byte[] Mutate(List<byte[]> pool)
    {
        var bytes = pool[_random.Next(pool.Count)].ToList();
        for (var changes = 1 + _random.Next(MostChanges); changes > 0; changes--)
        {
            Change(bytes, pool);
        }

        return [.. bytes.Take(MostBytes)];
    }

    private void Change(List<byte> bytes, List<byte[]> pool)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, 1 + _random.Next(8));
        switch (_random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                var other = pool[_random.Next(pool.Count)];
                bytes.InsertRange(at, other.Skip(_random.Next(other.Length + 1)));
                break;
            case 6:
                bytes.Insert(at, (byte)_random.Next(256));
                break;
            default:
                bytes.InsertRange(at, _words[_random.Next(_words.Length)]);
                break;
        }
    }
}
