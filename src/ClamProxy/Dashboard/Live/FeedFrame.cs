using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClamProxy.Dashboard.Live;

/// <summary>What all open pages of one language show at one moment, as events of a stream (HTML, §9.2 Server-sent events).</summary>
internal sealed class FeedFrame
{
    private readonly IReadOnlyDictionary<string, string> _regions;

    private FeedFrame(long number, long at, IReadOnlyDictionary<string, string> regions, IEnumerable<string> changed)
    {
        (Number, At, _regions) = (number, at, regions);
        Whole = Event(regions.Keys);
        Changes = Event(changed);
    }

    public long Number { get; }

    /// <summary>When it was made: a timestamp of the clock.</summary>
    public long At { get; }

    /// <summary>All regions.</summary>
    public byte[] Whole { get; }

    /// <summary>Those that are another than in the frame before.</summary>
    public byte[] Changes { get; }

    /// <summary>The frame after this one.</summary>
    /// <param name="before">Null: it is the first.</param>
    /// <param name="regions">The markup of each region, by its name.</param>
    public static FeedFrame After(FeedFrame? before, long at, IReadOnlyDictionary<string, Html> regions)
    {
        var texts = regions.ToDictionary(region => region.Key, region => region.Value.ToString());
        var changed = texts.Where(region => before?._regions.GetValueOrDefault(region.Key) != region.Value).Select(region => region.Key);
        return new((before?.Number ?? 0) + 1, at, texts, changed);
    }

    /// <summary>What brings a page from an earlier frame to this one.</summary>
    public byte[] Since(long number) => number == Number - 1 ? Changes : Whole;

    private byte[] Event(IEnumerable<string> names)
    {
        using var text = new MemoryStream();
        text.Write("data: "u8);
        // It is no part of a page: the browser reads it as JSON.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(text, options))
        {
            json.WriteStartObject();
            foreach (var name in names)
            {
                json.WriteString(name, _regions[name]);
            }

            json.WriteEndObject();
        }

        text.Write("\n\n"u8);
        return text.ToArray();
    }
}
