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
        "PATH... --organisation SLUG [--each] [--ai generated|assisted]",
        "keep files, folders and BagIt bags as items",
        "存入文件、文件夹和 BagIt 包",
    ),
    Command("archive export", "ITEM FOLDER", "write an item as a BagIt bag", "把藏品导出为 BagIt 包"),
    Command("archive rebuild", "[--json]", "make the catalogue again from the objects alone", "仅凭存储对象重建目录"),
    Command(
        "archive move",
        "WHERE [--json]",
        "move the archive to file:///FOLDER, s3://BUCKET or home, while it serves",
        "不停服迁移典藏到 file:///文件夹、s3://桶或 home",
    ),
    Command(
        "archive s3key",
        "ACCOUNT [--json]",
        "print an access key by which a program deposits over the S3 protocol",
        "签发供程序通过 S3 协议存入的访问密钥",
    ),
    Command(
        "archive validate",
        "PATH [--json]",
        "judge an OCFL object or storage root by the specification",
        "按规范校验 OCFL 对象或存储根目录",
        run="haihe.archive.domain.ocfl.command:main",
    ),
]
