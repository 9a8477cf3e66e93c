"""newsroom 中央厨房: collects once and writes. Takes sources (addresses and uploads); gives intake items with
their Masters, manuscripts 云稿库, and Releases of stories."""
