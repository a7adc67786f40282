using System.Globalization;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>Range and If-Range fields that clients send, and that they should not; the same ones for the same seed.</summary>
internal sealed class RandomRanges(int seed)
{
    private static readonly string[] OddUnits = ["Bytes=", "BYTES=", "bytEs=", "bytes = ", "bytes", "byte=", "items=", "=", ""];
    private static readonly string[] Absurd =
    [
        "2147483647", "2147483648", "4294967296", "9223372036854775806", "9223372036854775807", "9223372036854775808",
        "18446744073709551616", "99999999999999999999999999", "00000000000000000000000000003", "007",
    ];

    private static readonly string[] Garbage =
        [
            "",
            " ",
            "-",
            "--1",
            "-1-",
            "1",
            "a-b",
            "1-b",
            "1-2-3",
            "1 2-3",
            "1-2 3",
            "- 1",
            "+1-2",
            "0x1-2",
            "1.5-2",
            "1\t-2",
            "1-\t2",
            "*",
            "\"1-2\"",
            "bytes=0-1"];

    private static readonly string[] Separators = [",", ",", ",", ", ", " ,", " , ", ",,", ", ,", ",\t", "\t,"];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public string Pick(params IReadOnlyList<string> of) => of[_random.Next(of.Count)];

    public string Field(int size)
    {
        var count = _random.Next(100) switch
        {
            < 50 => 1,
            < 85 => 2 + _random.Next(4),
            < 92 => 60 + _random.Next(10),
            _ => 6 + _random.Next(200),
        };

        // Many parts of any length exceed the file together; narrow ones do not.
        var isNarrow = _random.Next(3) > 0;
        var parts = Enumerable.Range(0, count).Select(_ => Part(size, count, isNarrow && count > 1));
        var separator = Pick(Separators);
        return (Unit() + string.Join(separator, parts) + (_random.Next(20) == 0 ? separator : "")).Trim(' ', '\t');
    }

    private string Unit() => Next(10) == 0 ? Pick(OddUnits) : "bytes=";

    private string Part(int size, int count, bool isNarrow)
    {
        if (_random.Next(25 * count) == 0)
        {
            return Pick(Garbage);
        }

        if (isNarrow && size > 0)
        {
            var start = _random.Next(size);
            return $"{start}-{start + _random.Next(1 + (3 * size / (2 * count)))}";
        }

        return _random.Next(8) switch
        {
            0 => $"{Spaces()}{Number(size)}{Spaces()}-{Spaces()}",
            1 or 2 => $"{Spaces()}-{Number(size)}{Spaces()}",
            3 => $"{Spaces()}{Number(size)}{Spaces()}-{Spaces()}{Number(size)}{Spaces()}",
            4 => $"{Number(size)}-",
            _ => Ordered(size),
        };
    }

    private string Ordered(int size)
    {
        var first = _random.Next(size + 1);
        return $"{first}-{first + _random.Next(size + 2)}";
    }

    private string Number(int size) => _random.Next(12) switch
    {
        0 => "0",
        1 => "1",
        2 => Text(Math.Max(0, size - 1)),
        3 => Text(size),
        4 => Text(size + 1),
        5 => Pick(Absurd),
        _ => Text(_random.Next((2 * size) + 2)),
    };

    private string Spaces() => _random.Next(6) == 0 ? new string(' ', 1 + _random.Next(2)) : "";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
