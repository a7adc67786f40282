using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>A member as its own header has it, which agrees with the directory.</summary>
/// <param name="At">Where its header is in the file.</param>
/// <param name="Data">Its packed bytes.</param>
/// <param name="HasDescriptor">Its sizes come behind it: readers that do not go by the directory find its end by themselves.</param>
/// <param name="Patch">Where its header's sizes have to be rewritten for a scanner; null: nowhere.</param>
internal readonly record struct ZipLocal(long At, ContentWindow Data, bool HasDescriptor, SizePatch? Patch)
{
    public long EndsAt => Data.Start + Data.Length;
}
