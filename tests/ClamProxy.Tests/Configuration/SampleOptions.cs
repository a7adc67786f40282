using ClamProxy.Core.Settings;

namespace ClamProxy.Tests.Configuration;

/// <summary>One property of every type that settings can have.</summary>
public sealed class SampleOptions : ISettings
{
    public static string Section => "Sample";

    [Setting("text", Variable = "SAMPLE_TEXT", Alias = "SAMPLE_OTHER")]
    public string Text { get; set; } = "default";

    [Setting("text")]
    public string? Nothing { get; set; }

    [Setting("a number, 1 to 100", Variable = "SAMPLE_COUNT", Min = 1, Max = 100)]
    public int Count { get; set; } = 7;

    [Setting("a size such as 10M", Bytes = true, Min = 0)]
    public long Size { get; set; } = 1024;

    [Setting("a size such as 10M", Bytes = true)]
    public long? Bound { get; set; }

    [Setting("a fraction, 0 to 1", Min = 0, Max = 1)]
    public double Share { get; set; } = 0.5;

    [Setting("True or False")]
    public bool Flag { get; set; } = true;

    [Setting("None, DarkRed or Blue")]
    public SampleColour Colour { get; set; }

    [Setting("takes a duration such as 24:00:00 or 90s", Variable = "SAMPLE_TTL", Min = 1, Max = 86_400)]
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(1);

    [Setting("hosts", Variable = "SAMPLE_HOSTS")]
    public IReadOnlyList<string> Hosts { get; set; } = ["localhost"];

    [Setting("colours")]
    public IReadOnlyList<SampleColour> Colours { get; set; } = [];

    public IEnumerable<SettingProblem> Problems()
    {
        if (Text == "bad")
        {
            yield return new(nameof(Text), Text, "anything but bad");
        }
    }
}
