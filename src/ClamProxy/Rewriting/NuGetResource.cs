namespace ClamProxy.Rewriting;

/// <summary>
/// One resource of NuGet's service index: its <c>@id</c> leads to packages where its <c>@type</c> says so; what searches, reports and shows
/// pages leads to none.
/// </summary>
internal sealed class NuGetResource(LinkFindings findings)
{
    private static readonly string[] OfPackages = ["PackageBaseAddress", "RegistrationsBaseUrl"];

    private string? _id;
    private bool _hasPackages;

    /// <returns>Whether the string is one of a resource's.</returns>
    public bool Take(JsonPlace place, CapturedText text)
    {
        if (place.Depth == 3 && place.EndsWith("resources", JsonPlace.Element, "@id"))
        {
            _id = text.ToString();
            return true;
        }

        var isType = (place.Depth == 3 && place.EndsWith("resources", JsonPlace.Element, "@type"))
            || (place.Depth == 4 && place.EndsWith("resources", JsonPlace.Element, "@type", JsonPlace.Element));
        if (isType)
        {
            var type = text.ToString();
            _hasPackages |= Array.Exists(OfPackages, one => type.StartsWith(one, StringComparison.OrdinalIgnoreCase));
        }

        return isType;
    }

    /// <summary>An object has ended that was this deep.</summary>
    public void Close(int depth)
    {
        if (depth != 3)
        {
            return;
        }

        if (_id is not null)
        {
            findings.Add(_id, _hasPackages ? LinkPlace.File : LinkPlace.Any);
        }

        (_id, _hasPackages) = (null, false);
    }
}
