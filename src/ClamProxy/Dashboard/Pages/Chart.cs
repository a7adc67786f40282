using System.Globalization;
using ClamProxy.Dashboard.Live;

namespace ClamProxy.Dashboard.Pages;

/// <summary>A line over the last hour, drawn here: it needs no script, and takes the colours of the page.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Show">Its values with their unit.</param>
/// <param name="Lines">The name and the values of each line, the oldest first.</param>
internal sealed record Chart(string Title, Func<double, string> Show, IReadOnlyList<(string Name, Func<Sample, float> Value)> Lines)
{
    private const int Width = 240;
    private const int Height = 60;

    /// <summary>So many samples are one point, the highest of them: no peak is lost.</summary>
    private const int OfAPoint = 6;

    private const int Points = Samples.Most / OfAPoint;

    /// <param name="lastWord">Stands before the last value.</param>
    /// <param name="mostWord">Stands before the highest one.</param>
    /// <param name="none">Stands there where nothing can be said.</param>
    public Html Draw(IReadOnlyList<Sample> samples, string lastWord, string mostWord, string none)
    {
        var drawn = Lines.Select(line => (line.Name, Points: PointsOf(samples, line.Value))).ToList();
        var known = drawn.SelectMany(line => line.Points).Where(value => !float.IsNaN(value)).ToList();
        var most = known.Count == 0 ? 0 : known.Max();
        var legend = string.Join("; ", drawn.Select(
            line => $"{(line.Name.Length == 0 ? "" : line.Name + " ")}{lastWord} {Last(line.Points, none)}"));
        var summary = known.Count == 0 ? none : $"{legend}; {mostWord} {Show(most)}";
        return Html.Of($"""
            <figure><figcaption><span>{Title}</span> <small>{summary}</small></figcaption>
            <svg viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="{Title}: {summary}">
            <path class="axis" d="M0 {Height}H{Width}"/>{drawn.SelectMany((line, index) => Paths(line.Points, index, most))}</svg></figure>
            """);
    }

    private string Last(IReadOnlyList<float> points, string none)
    {
        var last = points.LastOrDefault(point => !float.IsNaN(point), float.NaN);
        return float.IsNaN(last) ? none : Show(last);
    }

    private static List<float> PointsOf(IReadOnlyList<Sample> samples, Func<Sample, float> value) =>
    [
        .. samples.Reverse().Chunk(OfAPoint).Reverse().Select(
            chunk => chunk.Select(value).Where(one => !float.IsNaN(one)).DefaultIfEmpty(float.NaN).Max()),
    ];

    /// <summary>One path for each stretch of values that are known.</summary>
    private static IEnumerable<Html> Paths(List<float> points, int line, float most)
    {
        var path = "";
        for (var i = 0; i <= points.Count; i++)
        {
            if (i < points.Count && !float.IsNaN(points[i]))
            {
                var x = Width * (Points - points.Count + i + 1) / (double)Points;
                var y = most > 0 ? Height - 1 - (points[i] / most * (Height - 4)) : Height - 1;
                path += string.Create(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? "M" : "L")}{x:0.#} {y:0.#}");
            }
            else if (path.Length > 0)
            {
                // A stretch of one value is seen as a dot: its line has round ends.
                yield return Html.Of($"""<path class="line line{line}" d="{path}h0"/>""");
                path = "";
            }
        }
    }
}
