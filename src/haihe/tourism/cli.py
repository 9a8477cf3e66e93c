from haihe.base.command import Command

COMMANDS = [
    Command(
        "tourism forecast",
        "FILE --horizon H --seasonality M",
        "forecast every series of a CSV file, with intervals",
        "预测 CSV 文件中的每个序列，附预测区间",
        run="haihe.tourism.domain.forecast.command:main",
    ),
]
