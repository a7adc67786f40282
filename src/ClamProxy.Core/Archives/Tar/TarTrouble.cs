using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>Why a tar is refused.</summary>
internal static class TarTrouble
{
    public static ArchiveTroubleException Broken(string what) =>
        new(ArchiveTrouble.Contradictory, $"It is a tar that scanner and client may read differently: {what}.");

    /// <summary>GNU tar and npm pass over what is in front of a tar's first header.</summary>
    public static ArchiveTroubleException BeginsOtherwise() => Broken("it begins with something else");

    public static ArchiveTroubleException Sparse() => ArchiveTroubleException.NotOpened("the scanner does not read sparse files of tars");
}
