namespace ClamProxy.Rewriting;

/// <summary>
/// Finds the URLs in the values of JSON documents, one behind the other, as they pass through. Strings count whole: what stands within a
/// readme is nobody's link. What is not strictly JSON is <see cref="IsBroken"/>, and has to be searched as a text of no format.
/// </summary>
internal sealed class JsonLinks(LinkFindings findings)
{
    private readonly JsonWalk _walk = new();
    private readonly NuGetResource _resource = new(findings);

    /// <summary>It is no JSON, or nested deeper than any index.</summary>
    public bool IsBroken => _walk.IsBroken;

    /// <summary>The text ended within a document.</summary>
    public bool IsOpen => _walk.IsOpen;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        for (var left = bytes; left.Length > 0 && !IsBroken;)
        {
            left = left[_walk.Take(left)..];
            switch (_walk.Step)
            {
                case JsonStep.EndOfValue:
                    TakeValue(_walk.String.Text);
                    break;
                case JsonStep.EndOfObject:
                    _resource.Close(_walk.Place.Depth + 1);
                    break;
                case JsonStep.Inside:
                    break;
            }
        }
    }

    private void TakeValue(CapturedText text)
    {
        if (_resource.Take(_walk.Place, text))
        {
            return;
        }

        var place = _walk.Place.Place();
        if (!findings.TryTakeOwn(text.Beginning, place))
        {
            findings.Add(text.ToString(), place);
        }
    }
}
