from haihe.base.command import Command

COMMANDS = [
    Command(
        "archive ca",
        "[--show]",
        "make the authority that signs what leaves the archive",
        "建立为衍生文件来源签名的证书机构",
    ),
    Command("archive verify", "[--json]", "hash every Blob again", "重新校验每一份原始数据"),
    Command(
        "archive deposit",
        "PATH... --organisation SLUG [--each]",
        "keep files, folders and BagIt bags as items",
        "存入文件、文件夹和 BagIt 包",
    ),
    Command("archive export", "ITEM FOLDER", "write an item as a BagIt bag", "把藏品导出为 BagIt 包"),
    Command("archive rebuild", "[--json]", "make the catalogue again from the objects alone", "仅凭存储对象重建目录"),
    Command(
        "archive validate",
        "PATH [--json]",
        "judge an OCFL object or storage root by the specification",
        "按规范校验 OCFL 对象或存储根目录",
        run="haihe.archive.domain.ocfl.command:main",
    ),
]
