using System.Globalization;
using System.Text.Json;

namespace ClamProxy.Dashboard.Languages;

/// <summary>
/// What the dashboard says in one language. Cultures of .NET are switched off in this program: numbers are written by what the texts say
/// of them.
/// </summary>
internal sealed class Texts
{
    private const int Kilo = 1024;

    private readonly Dictionary<string, string> _texts;

    private Texts(string language, Dictionary<string, string> texts) => (Language, _texts) = (language, texts);

    /// <summary>Such as <c>fr</c> (BCP 47).</summary>
    public string Language { get; }

    public IReadOnlyCollection<string> Keys => _texts.Keys;

    /// <exception cref="KeyNotFoundException">There is no such text: a test looks for all that are used.</exception>
    public string this[string key] => _texts[key];

    public static Texts Read(string language)
    {
        using var json = Assets.Open($"{language}.json");
        return new Texts(language, JsonSerializer.Deserialize(json, TextsJson.Default.DictionaryStringString)!);
    }

    /// <summary>A text whose places {0}, {1}, … are taken by values.</summary>
    public string With(string key, params object[] values) => string.Format(CultureInfo.InvariantCulture, _texts[key], values);

    /// <summary>A text of a word that this program uses elsewhere, such as a verdict; the word itself where it has none.</summary>
    public string Word(string group, string word) => _texts.GetValueOrDefault($"{group}.{word}", word);

    public string Number(double value, int digits = 0)
    {
        var plain = Math.Round(value, digits).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return string.Concat(plain.Select(one => one switch
        {
            ',' => _texts["number.group"],
            '.' => _texts["number.point"],
            _ => one.ToString(),
        }));
    }

    /// <summary>Such as <c>1.4 MiB</c>.</summary>
    public string Size(double bytes)
    {
        string[] units = ["unit.b", "unit.kib", "unit.mib", "unit.gib", "unit.tib"];
        var unit = 0;
        for (; bytes >= Kilo && unit < units.Length - 1; unit++)
        {
            bytes /= Kilo;
        }

        return With("unit.pair", Number(bytes, unit == 0 || bytes >= 100 ? 0 : 1), _texts[units[unit]]);
    }

    /// <summary>Such as <c>350 ms</c> or <c>3 min</c>: two digits that count, or a little more.</summary>
    public string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => Pair(time.TotalMilliseconds, "unit.ms"),
        { TotalSeconds: < 10 } => With("unit.pair", Number(time.TotalSeconds, 1), _texts["unit.s"]),
        { TotalMinutes: < 2 } => Pair(time.TotalSeconds, "unit.s"),
        { TotalHours: < 2 } => Pair(time.TotalMinutes, "unit.min"),
        { TotalDays: < 2 } => Pair(time.TotalHours, "unit.h"),
        _ => Pair(time.TotalDays, "unit.d"),
    };

    private string Pair(double value, string unit) => With("unit.pair", Number(value), _texts[unit]);
}
