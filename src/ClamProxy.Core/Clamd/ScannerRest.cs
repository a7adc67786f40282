namespace ClamProxy.Core.Clamd;

/// <summary>How long a scanner that is down rests before its next probe.</summary>
internal static class ScannerRest
{
    private const int MostDoublings = 16;
    private const double Jitter = 0.2;

    /// <param name="setbacks">How often it has gone down since it last worked.</param>
    public static TimeSpan After(int setbacks, ClamdOptions options)
    {
        var rest = options.RestTime * Math.Pow(2, Math.Clamp(setbacks - 1, 0, MostDoublings));
        var bounded = rest < options.RestTimeMax ? rest : options.RestTimeMax;
        return bounded * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
    }
}
