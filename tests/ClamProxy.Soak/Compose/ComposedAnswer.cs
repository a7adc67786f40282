using System.Globalization;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Compose;

/// <summary>
/// One answer of the composing upstream: which variant, how it is framed, where it is cut, how fast it comes, and what it says of itself.
/// </summary>
/// <param name="Status">The status line's end, such as <c>200 OK</c>.</param>
/// <param name="Fields">Validators and ranges, whole lines; they may lie.</param>
/// <param name="Body">The bytes of the variant, or of a part of it.</param>
/// <param name="Sent">How many of them are sent.</param>
/// <param name="Drip">How long the sending takes.</param>
/// <param name="Pause">The silence before the last byte.</param>
internal sealed record ComposedAnswer(string Status, string Fields, byte[] Body, Framing Framing, int Sent, TimeSpan Drip, TimeSpan Pause)
{
    private const string SameTag = "\"same\"";

    /// <summary>The Content-Length that is said.</summary>
    public int Announced => Framing switch
    {
        Framing.LongLength => Body.Length + 1000,
        Framing.ShortLength => Math.Max(1, Body.Length - 1000),
        Framing.Length or Framing.Chunked or Framing.UntilClose => Body.Length,
    };

    /// <summary>What whoever keeps to the framing takes for the complete body; null: nothing is complete.</summary>
    public ReadOnlyMemory<byte>? Whole => Framing switch
    {
        Framing.Length or Framing.Chunked => Sent == Body.Length ? Body : null,
        Framing.ShortLength => Body.AsMemory(0, Announced),
        Framing.UntilClose => Body.AsMemory(0, Sent),
        Framing.LongLength => null,
    };

    /// <summary>Throws the dice for the next answer.</summary>
    /// <param name="clean">The clean variants of the file, all of one length.</param>
    /// <param name="number">1 for the first request for this file, which is most often answered clean and whole, so that the URL becomes
    /// known.</param>
    /// <param name="isConditional">The request has a validator, so that a 304 may be said.</param>
    public static ComposedAnswer Of(Random dice, IReadOnlyList<byte[]> clean, int number, bool isConditional)
    {
        if (number == 1 && dice.Next(10) < 7)
        {
            return new ComposedAnswer(
                "200 OK",
                $"ETag: {SameTag}\r\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r\n",
                clean[0],
                Framing.Length,
                clean[0].Length,
                default,
                default);
        }

        if (isConditional && dice.Next(10) < 3)
        {
            return new ComposedAnswer("304 Not Modified", $"ETag: {SameTag}\r\n", [], Framing.Length, 0, default, default);
        }

        var body = Variant(dice, clean);
        return dice.Next(100) switch
        {
            < 4 => new ComposedAnswer("503 Service Unavailable", "Retry-After: 1\r\n", [], Framing.Length, 0, default, default),
            < 10 => Part(dice, body),
            _ => Framed(dice, "200 OK", Validators(dice), body),
        };
    }

    private static byte[] Variant(Random dice, IReadOnlyList<byte[]> clean)
    {
        var one = clean[dice.Next(clean.Count)];
        if (dice.Next(2) == 0)
        {
            return one;
        }

        var infected = one.ToArray();
        var at = dice.Next(3) switch
        {
            0 => 200,
            1 => dice.Next(infected.Length - 1000),
            _ => infected.Length - 2000,
        };
        Eicar.Bytes.CopyTo(infected, at);
        return infected;
    }

    /// <summary>A part that nobody asked for, whose place may be a lie.</summary>
    private static ComposedAnswer Part(Random dice, byte[] body)
    {
        var from = dice.Next(body.Length - 1);
        var said = dice.Next(2) == 0 ? from : dice.Next(body.Length - 1);
        var part = body[from..];
        var fields = string.Create(
            CultureInfo.InvariantCulture, $"Content-Range: bytes {said}-{Math.Max(said, said + part.Length - 1)}/{body.Length}\r\n");
        return Framed(dice, "206 Partial Content", Validators(dice) + fields, part);
    }

    private static ComposedAnswer Framed(Random dice, string status, string fields, byte[] body)
    {
        var framing = dice.Next(100) switch
        {
            < 60 => Framing.Length,
            < 66 => Framing.LongLength,
            < 72 => Framing.ShortLength,
            < 86 => Framing.Chunked,
            _ => Framing.UntilClose,
        };
        var isCut = framing is Framing.Length or Framing.Chunked or Framing.UntilClose && dice.Next(100) < 35;
        var sent = !isCut ? body.Length : dice.Next(4) == 0 ? body.Length - 1 : dice.Next(body.Length);
        var drip = dice.Next(4) == 0 ? TimeSpan.FromMilliseconds(dice.Next(500, 3000)) : default;
        var pause = dice.Next(4) == 0 ? TimeSpan.FromMilliseconds(dice.Next(200, 2500)) : default;
        return new ComposedAnswer(status, fields, body, framing, sent, drip, pause);
    }

    private static string Validators(Random dice)
    {
        var tag = dice.Next(100) switch
        {
            < 60 => $"ETag: {SameTag}\r\n",
            < 75 => string.Create(CultureInfo.InvariantCulture, $"ETag: \"{dice.Next(5)}\"\r\n"),
            < 85 => $"ETag: W/{SameTag}\r\n",
            _ => "",
        };
        var modified = dice.Next(100) switch
        {
            < 70 => "Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r\n",
            < 85 => $"Last-Modified: {TimeProvider.System.GetUtcNow():R}\r\n",
            _ => "",
        };
        var ranges = dice.Next(3) switch
        {
            0 => "Accept-Ranges: bytes\r\n",
            1 => "Accept-Ranges: none\r\n",
            _ => "",
        };
        return tag + modified + ranges;
    }
}
